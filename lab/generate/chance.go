package generate

import "math/bits"

// below returns a number from 0 up to n, which is not in it. It depends on nothing but the bits of the random source, whose
// algorithm is fixed; that some numbers come up more often, by one in 2^64, does not matter.
func (d *draft) below(n int) int {
	high, _ := bits.Mul64(d.random.Uint64(), uint64(n))
	return int(high)
}

// between returns a number from low to high, both in it.
func (d *draft) between(low, high int) int { return low + d.below(high-low+1) }

// chose tells a test which of n alternatives was chosen.
func (d *draft) chose(i, n int) {
	if d.rolled != nil {
		d.rolled(i, n)
	}
}

// percent is true p times out of a hundred.
func (d *draft) percent(p int) bool {
	yes := d.below(100) < p
	if p > 0 && p < 100 {
		i := 0
		if yes {
			i = 1
		}
		d.chose(i, 2)
	}
	return yes
}

// pick returns one of the values, all being as likely.
func pick[T any](d *draft, values ...T) T {
	i := d.below(len(values))
	d.chose(i, len(values))
	return values[i]
}

// option is an alternative of choose: all values together have the weight.
type option[T any] struct {
	weight int
	values []T
}

// of returns an alternative of choose.
func of[T any](weight int, values ...T) option[T] { return option[T]{weight, values} }

// choose returns a value of one of the options, which are as likely as their weights say, and so are the values of one.
func choose[T any](d *draft, options ...option[T]) T {
	sum, all := 0, 0
	for _, o := range options {
		sum += o.weight
		all += len(o.values)
	}
	n, before, chosen := d.below(sum), 0, options[0]
	for _, chosen = range options {
		if n -= chosen.weight; n < 0 {
			break
		}
		before += len(chosen.values)
	}
	i := d.below(len(chosen.values))
	d.chose(before+i, all)
	return chosen.values[i]
}

// some returns n of the values, in any order, or all where there are fewer.
func some[T any](d *draft, n int, values ...T) []T {
	list := append([]T(nil), values...)
	for i := range min(n, len(list)) {
		j := i + d.below(len(list)-i)
		list[i], list[j] = list[j], list[i]
	}
	return list[:min(n, len(list))]
}
