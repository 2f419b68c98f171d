package personality

import "github.com/corsim/corsim/fetchspec"

// Spec is the Fetch standard to the letter. It prints nothing: messages are the browsers'.
var Spec = &Personality{Name: "spec", Version: fetchspec.Snapshot}
