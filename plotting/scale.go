package plotting

import (
	"math"
	"strconv"
	"strings"
)

// scale maps data of one axis to pixels.
type scale struct {
	data  interval
	log   bool
	whole bool    // ticks at whole numbers only
	a, b  float64 // pixels of data.lo and data.hi; b < a turns the axis round
}

func (s scale) at(v float64) float64 {
	lo, hi := s.data.lo, s.data.hi
	if s.log {
		lo, hi, v = math.Log10(lo), math.Log10(hi), math.Log10(v)
	}
	// halves, because hi-lo may overflow
	return s.a + (v/2-lo/2)/(hi/2-lo/2)*(s.b-s.a)
}

// padded widens an interval by a share of its length, and gives a single value
// some room.
func padded(r interval, below, above float64, log bool) interval {
	if log {
		l := padded(interval{math.Log10(r.lo), math.Log10(r.hi)}, below, above, false)
		return interval{math.Pow(10, l.lo), math.Pow(10, l.hi)}
	}
	const least = 1e-300 // below, float64 loses digits
	if r.hi-r.lo <= math.Max(math.Abs(r.hi)*1e-12, least) {
		room := math.Abs(r.hi) * 0.1
		if room < least {
			room = 1
		}
		return interval{r.lo - room, r.hi + room}
	}
	length := r.hi - r.lo
	wide := interval{r.lo - below*length, r.hi + above*length}
	if !finite(length) || !finite(wide.lo) || !finite(wide.hi) {
		return r
	}
	return wide
}

// tick is a marked value of an axis.
type tick struct {
	value float64
	label string
}

func (s scale) ticks(most int) []tick {
	if s.log {
		return logTicks(s.data, most)
	}
	return linearTicks(s.data, most, s.whole)
}

// linearTicks marks multiples of the smallest step among 1, 2, 2.5 and 5 times
// a power of ten that needs no more than most ticks.
func linearTicks(r interval, most int, whole bool) []tick {
	span := r.hi - r.lo
	if !finite(span) || span <= 0 {
		return nil
	}
	exp := int(math.Floor(math.Log10(span/float64(most)))) - 1
	for ; ; exp++ {
		for _, m := range []struct {
			factor float64
			digits int
		}{{1, 0}, {2, 0}, {2.5, 1}, {5, 0}} {
			step := m.factor * math.Pow(10, float64(exp))
			if whole && step != math.Trunc(step) {
				continue
			}
			first, last := math.Ceil(r.lo/step-1e-9), math.Floor(r.hi/step+1e-9)
			if !finite(first) || !finite(last) || last-first >= float64(most) {
				continue
			}
			var out []tick
			for k := first; k <= last; k++ {
				out = append(out, tick{value: k * step})
			}
			return labelled(out, max(0, m.digits-exp), math.Max(math.Abs(r.lo), math.Abs(r.hi)))
		}
	}
}

// labelled writes the ticks with as many decimals as their step needs, or with
// an exponent when plain digits would be long.
func labelled(ts []tick, decimals int, largest float64) []tick {
	for i := range ts {
		v := ts[i].value
		switch {
		case v == 0 || math.Abs(v) < largest*1e-12:
			ts[i].label = "0"
		case largest >= 1e6 || decimals > 5:
			ts[i].label = exponent(v)
		default:
			ts[i].label = minus(strconv.FormatFloat(v, 'f', decimals, 64))
		}
	}
	return ts
}

// exponent writes 2500000 as 2.5e6.
func exponent(v float64) string {
	m, e, found := strings.Cut(strconv.FormatFloat(v, 'e', 6, 64), "e")
	if !found {
		return minus(m)
	}
	m = strings.TrimSuffix(strings.TrimRight(m, "0"), ".")
	n, err := strconv.Atoi(e)
	if err != nil {
		return minus(m + "e" + e)
	}
	return minus(m + "e" + strconv.Itoa(n))
}

func minus(s string) string { return strings.ReplaceAll(s, "-", "\u2212") }

// logTicks marks powers of ten; over less than two decades also their doubles
// and fives.
func logTicks(r interval, most int) []tick {
	lo, hi := math.Log10(r.lo), math.Log10(r.hi)
	factors := []float64{1}
	if hi-lo < 2 {
		factors = []float64{1, 2, 5}
	}
	every := max(1, int(math.Ceil((hi-lo)/float64(most))))
	var out []tick
	for e := int(math.Floor(lo)); e <= int(math.Ceil(hi)); e++ {
		if e%every != 0 {
			continue
		}
		for _, f := range factors {
			v := f * math.Pow(10, float64(e))
			if v < r.lo*(1-1e-9) || v > r.hi*(1+1e-9) {
				continue
			}
			label := strconv.FormatFloat(v, 'f', max(0, -e), 64)
			if e < -4 || e > 5 {
				label = exponent(v)
			}
			out = append(out, tick{v, minus(label)})
		}
	}
	return out
}
