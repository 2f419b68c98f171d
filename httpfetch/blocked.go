package httpfetch

import (
	"strings"

	"github.com/corsim/corsim/engine"
)

// Blocked is the error of a request that a browser blocks. errors.As finds the [engine.Block] in it, and errors.Is what the
// network's error was, such as context.Canceled.
type Blocked struct {
	// Browser is the name of the browser.
	Browser string
	// Result is what became of the request. Its Block is not nil.
	Result *engine.Result
	// Console are the lines on the browser's console.
	Console []string
	// Cause is the error of the network, nil where an answer came.
	Cause error
}

// Error returns the code of the block, the first line of the console and the network's error.
func (b *Blocked) Error() string {
	s := b.Browser + " blocks it: " + b.Result.Block.Error()
	if len(b.Console) > 0 {
		s += ": " + strings.TrimSuffix(b.Console[0], "\n")
	}
	if b.Cause != nil {
		s += ": " + b.Cause.Error()
	}
	return s
}

// Unwrap returns the block, and the network's error where there is one.
func (b *Blocked) Unwrap() []error {
	if b.Cause == nil {
		return []error{b.Result.Block}
	}
	return []error{b.Result.Block, b.Cause}
}
