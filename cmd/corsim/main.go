package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

func main() {
	ps, err := personality.ParseList(os.Args[3])
	if err != nil {
		panic(err)
	}
	sc := bufio.NewScanner(os.Stdin)
	sc.Buffer(nil, 1<<26)
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	for sc.Scan() {
		s, err := scenario.Decode(sc.Bytes())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		for _, p := range ps {
			r, err := scenario.Evaluate(s, p, scenario.Options{})
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(2)
			}
			enc := json.NewEncoder(w)
			enc.SetEscapeHTML(false)
			enc.Encode(r.Verdict(s.ID))
		}
	}
}
