// Package worker runs a session in a child process and outlives it.
//
// A panic in a goroutine, a fatal error, os.Exit or exhausted memory end a Go
// process, and nothing inside that process can prevent it. So the kernel
// evaluates cells in a worker: the same binary, started again. When the worker
// dies the running cell gets the error WorkerDied, which says why and that the
// variables are gone; a new worker is started, and the next cell runs.
//
// In the child:
//
//	worker.Serve(worker.Options{Version: v, Open: func() (session.Session, error) { return session.New(opts) }})
//
// In the parent:
//
//	s, err := worker.Start(ctx, worker.Config{Version: v}) // a session.Session
//
// The two talk through the standard input and output of the child, in frames
// that doc/session.md describes.
package worker
