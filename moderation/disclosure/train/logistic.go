package train

import (
	"math"
	"math/rand/v2"
)

// row is one example as the learner sees it: sparse, indices ascending.
type row struct {
	index []int32
	value []float32
}

// logistic learns an L2-regularised logistic regression by coordinate descent in
// the dual (Yu, Huang and Lin 2011). cost is C of each row: how much its error
// weighs against the size of the weights. The last weight, at features, is the
// intercept's. Deterministic: the order of the coordinates comes from a fixed seed.
func logistic(rows []row, positive []bool, cost []float64, features int) []float64 {
	const (
		enough     = 0.01 // largest gradient left
		iterations = 200
	)
	w := make([]float64, features+1)
	alpha := make([]float64, 2*len(rows))
	square := make([]float64, len(rows))
	order := make([]int, len(rows))
	step := func(i int, by float64) {
		r := rows[i]
		for k, j := range r.index {
			w[j] += by * float64(r.value[k])
		}
		w[features] += by
	}
	sign := func(i int) float64 {
		if positive[i] {
			return 1
		}
		return -1
	}
	for i, r := range rows {
		order[i] = i
		square[i] = 1
		for _, v := range r.value {
			square[i] += float64(v) * float64(v)
		}
		alpha[2*i] = min(0.001*cost[i], 1e-8)
		alpha[2*i+1] = cost[i] - alpha[2*i]
		step(i, sign(i)*alpha[2*i])
	}
	random := rand.New(rand.NewPCG(1, 2))
	inner := 1e-2
	for range iterations {
		random.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		worst, newton := 0.0, 0
		for _, i := range order {
			y, c, a := sign(i), cost[i], square[i]
			b := y * dot(rows[i], w)
			one, two, s := 2*i, 2*i+1, 1.0
			if 0.5*a*(alpha[two]-alpha[one])+b < 0 {
				one, two, s = two, one, -1
			}
			old := alpha[one]
			z := old
			if c-z < 0.5*c {
				z *= 0.1
			}
			gradient := a*(z-old) + s*b + math.Log(z/(c-z))
			worst = max(worst, math.Abs(gradient))
			steps := 0
			for ; steps < 100 && math.Abs(gradient) >= inner; steps++ {
				next := z - gradient/(a+c/(c-z)/z)
				if next <= 0 {
					z *= 0.1
				} else {
					z = next
				}
				gradient = a*(z-old) + s*b + math.Log(z/(c-z))
			}
			newton += steps
			if steps > 0 {
				alpha[one], alpha[two] = z, c-z
				step(i, s*(z-old)*y)
			}
		}
		if worst < enough {
			break
		}
		if newton <= len(rows)/10 {
			inner = max(1e-8, 0.1*inner)
		}
	}
	return w
}

// dot is a row's score; the last weight is the intercept.
func dot(r row, w []float64) float64 {
	sum := w[len(w)-1]
	for k, j := range r.index {
		sum += float64(r.value[k]) * w[j]
	}
	return sum
}

// costs gives every row the same C, or with balanced each class the same sum.
func costs(positive []bool, c float64, balanced bool) []float64 {
	n := 0
	for _, p := range positive {
		if p {
			n++
		}
	}
	out := make([]float64, len(positive))
	for i, p := range positive {
		out[i] = c
		if balanced && p {
			out[i] *= float64(len(positive)) / float64(2*n)
		} else if balanced {
			out[i] *= float64(len(positive)) / float64(2*(len(positive)-n))
		}
	}
	return out
}
