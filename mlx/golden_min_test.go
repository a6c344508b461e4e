package mlx_test

const (
	minCalls  = 7140
	minFirst  = 490
	minSecond = 490
	minExprs  = 64
)
