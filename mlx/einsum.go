package mlx

import (
	"fmt"
	"slices"
	"strings"
)

// Einsum sums products as the subscripts say, such as "ij,jk->ik": one letter
// for each axis; letters that the result lacks are summed over, and without
// "->" the result has those that occur once, in alphabetical order. An ellipsis
// stands for axes that broadcast. Operands are multiplied in the order that
// [EinsumPath] finds.
func Einsum(subscripts string, operands ...*Array) *Array {
	const name = "einsum"
	e := newEinsum(name, subscripts, operands)
	terms, arrays := slices.Clone(e.terms), slices.Clone(operands)
	for i := range arrays {
		arrays[i], terms[i] = diagonals(name, arrays[i], terms[i])
	}
	for _, at := range e.path() {
		var chosen []*Array
		var labels []string
		for _, i := range slices.Backward(at) {
			chosen, labels = append(chosen, arrays[i]), append(labels, terms[i])
			arrays, terms = slices.Delete(arrays, i, i+1), slices.Delete(terms, i, i+1)
		}
		slices.Reverse(chosen)
		slices.Reverse(labels)
		acc, t := chosen[0], labels[0]
		for k := 1; k < len(chosen); k++ {
			rest := e.result + strings.Join(labels[k+1:], "") + strings.Join(terms, "")
			acc, t = contract(name, acc, t, chosen[k], labels[k], rest)
		}
		arrays, terms = append(arrays, acc), append(terms, t)
	}
	acc, labels := sumOver(arrays[0], terms[0], e.result)
	perm := make([]int, len(e.result))
	for i, r := range []byte(e.result) {
		perm[i] = strings.IndexByte(labels, r)
	}
	if len(perm) == 0 {
		return acc
	}
	return acc.Transpose(perm...)
}

// EinsumPath is the order in which [Einsum] multiplies: each step names operands
// by their places among those that are left, and puts its product at the end.
// The report compares the multiplications and additions with those of one sum
// over everything.
func EinsumPath(subscripts string, operands ...*Array) (path [][]int, report string) {
	e := newEinsum("einsum_path", subscripts, operands)
	path = e.path()
	everything := setOf(e.terms...)
	naive := e.flops(everything, len(setOf(e.result)) < len(everything), len(e.terms))
	most, flops := 0, 0
	terms := e.terms
	for _, at := range path {
		s := e.contraction(terms, at)
		most, flops = max(most, len(s.all)), flops+s.cost
		terms = s.left
	}
	return path, fmt.Sprintf("  Complete contraction:  %s\n         Naive scaling:  %d\n     Optimized scaling:  %d\n"+
		"      Naive FLOP count:  %d\n  Optimized FLOP count:  %d\n", subscripts, len(everything), most, naive, flops)
}

// einsum is a sum of products: the letters of each operand and of the result,
// and how long the axis of each letter is.
type einsum struct {
	terms  []string
	result string
	length [256]int
}

func newEinsum(name, subscripts string, operands []*Array) *einsum {
	e := &einsum{}
	e.terms, e.result = einsumTerms(name, subscripts, operands)
	for i, t := range e.terms {
		for k, c := range []byte(t) {
			d := operands[i].n.shape[k]
			switch old := e.length[c]; {
			case strings.IndexByte(strings.Join(e.terms[:i], "")+t[:k], c) < 0 || old == 1:
				e.length[c] = d
			case d != 1 && d != old:
				fail(name, "shape", "%q has lengths %d and %d", c, old, d)
			}
		}
	}
	return e
}

// setOf is the letters of the terms, each once.
func setOf(terms ...string) string {
	set := []byte(strings.Join(terms, ""))
	slices.Sort(set)
	return string(slices.Compact(set))
}

func (e *einsum) size(letters string) int {
	n := 1
	for _, c := range []byte(letters) {
		n *= e.length[c]
	}
	return n
}

// flops counts one multiplication for each operand but one, and an addition
// where letters are summed over.
func (e *einsum) flops(letters string, sums bool, operands int) int {
	per := max(1, operands-1)
	if sums {
		per++
	}
	return e.size(letters) * per
}

// step is what comes of multiplying some of the operands.
type step struct {
	at      []int
	all     string   // the letters that it goes over
	left    []string // the operands afterwards
	removed int      // elements that there are less
	cost    int
}

func (e *einsum) contraction(terms []string, at []int) step {
	s := step{at: at}
	var chosen []string
	for i, t := range terms {
		if slices.Contains(at, i) {
			chosen = append(chosen, t)
			s.removed += e.size(setOf(t))
		} else {
			s.left = append(s.left, t)
		}
	}
	s.all = setOf(chosen...)
	needed := e.result + strings.Join(s.left, "")
	kept := strings.Map(func(c rune) rune {
		if strings.ContainsRune(needed, c) {
			return c
		}
		return -1
	}, s.all)
	s.left = append(s.left, kept)
	s.removed -= e.size(kept)
	s.cost = e.flops(s.all, len(kept) < len(s.all), len(at))
	return s
}

// path chooses greedily, as NumPy does: the pair whose product leaves the fewest
// elements, and of those the cheapest, as long as no product is larger than the
// largest operand; what no pair improves is done at once.
func (e *einsum) path() [][]int {
	terms := e.terms
	if len(terms) <= 2 {
		return [][]int{identity(len(terms))}
	}
	limit := e.size(e.result)
	for _, t := range terms {
		limit = max(limit, e.size(setOf(t)))
	}
	naive := e.contraction(terms, identity(len(terms))).cost
	var path [][]int
	spent := 0
	for len(terms) > 1 {
		best := e.bestPair(terms, limit, naive-spent, false)
		if best == nil {
			best = e.bestPair(terms, limit, naive-spent, true)
		}
		if best == nil {
			return append(path, identity(len(terms)))
		}
		path = append(path, best.at)
		spent += best.cost
		terms = best.left
	}
	return path
}

func (e *einsum) bestPair(terms []string, limit, budget int, outer bool) (best *step) {
	for i := range terms {
		for j := i + 1; j < len(terms); j++ {
			if !outer && !strings.ContainsAny(terms[i], terms[j]) {
				continue
			}
			s := e.contraction(terms, []int{i, j})
			if e.size(s.left[len(s.left)-1]) > limit || s.cost > budget {
				continue
			}
			if best == nil || s.removed > best.removed || s.removed == best.removed && s.cost < best.cost {
				best = &s
			}
		}
	}
	return best
}
