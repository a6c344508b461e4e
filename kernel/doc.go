// Package kernel serves a [session.Session] to Jupyter clients.
//
// For most uses call [Run] with the path of a connection file. [Serve] does the
// same over any [transport.Conn], such as one in memory:
//
//	conn, client := transport.Pipe()
//	go kernel.Serve(ctx, conn, kernel.Config{Session: s})
//
// # How a message flows
//
// One goroutine reads each socket and always drains it. A message is decoded
// and looked up in one table (dispatch.go), which says where it is handled:
//
//   - now, by the reader itself: it never waits (kernel_info, interrupt)
//   - aside, on a goroutine for questions that the session answers while a cell
//     runs (completion, inspection)
//   - in order, on the goroutine that runs cells
//
// Around each handler go status busy and idle; a handler returns the content of
// its reply. A new message type is one entry of the table.
//
// What changes over time is in one struct (state.go), behind one mutex.
package kernel
