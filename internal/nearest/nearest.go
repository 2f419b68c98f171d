// Package nearest finds what somebody meant who wrote a word that is not known.
package nearest

import "strings"

// Word returns the known word that is nearest to what was written, without regard to case, and the empty string where none
// is near.
func Word(written string, known []string) string {
	best, distance := "", len(written)
	for _, k := range known {
		if d := editDistance(strings.ToLower(written), strings.ToLower(k)); d < distance && d < len(k)/3+2 {
			best, distance = k, d
		}
	}
	return best
}

// editDistance is the Levenshtein distance of two words. It looks at no more of a than can still be near.
func editDistance(a, b string) int {
	a = a[:min(len(a), 2*len(b)+4)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
