package corstest

import "fmt"

// Misuse is the error of a question that makes no sense. It is no verdict on the server.
type Misuse struct {
	// What is wrong, and Write what to write instead.
	What, Write string
}

func misuse(what, write string) *Misuse { return &Misuse{what, write} }

func (m *Misuse) Error() string {
	return fmt.Sprintf("corstest: %s; %s", m.What, m.Write)
}
