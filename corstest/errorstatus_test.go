package corstest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/corsim/corsim/corstest"
	"github.com/corsim/corsim/engine"
)

// An error answer with another status is not lost, and one that is lost says why, to errors.As too.
func TestErrorPathsTellStatusFromLoss(t *testing.T) {
	c := corstest.Case{Origin: app}
	err := corstest.CheckErrorPaths(corstest.New(http.HandlerFunc(things)), c, "404 /things")
	if err == nil || !strings.HasPrefix(err.Error(), "1 of 1 error answers have another status\n") || strings.Contains(err.Error(), "lose") {
		t.Errorf("of a page that exists: %v", err)
	}
	err = corstest.CheckErrorPaths(corstest.New(http.NotFoundHandler()), c, "404 /things")
	var b *engine.Block
	if !errors.As(err, &b) || b.Code != engine.CodeAllowOriginMissing {
		t.Errorf("of an answer without headers: %v", err)
	}
}
