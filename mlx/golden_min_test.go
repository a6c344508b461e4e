package mlx_test

const minCalls = 1
