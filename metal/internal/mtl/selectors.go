package mtl

// selector is an index into the table of messages.
type selector int

const (
	selAlloc selector = iota
	selInit
	selRetain
	selRelease
	selInitBytes
	selUTF8
	selLocalized
	selName
	selNewQueue
	selNewLibrary
	selFastMath
	selLanguage
	selNewFunction
	selNewPipeline
	selMaxThreads
	selNewBuffer
	selContents
	selCommandBuffer
	selEncoder
	selSetPipeline
	selSetBuffer
	selSetBytes
	selDispatchThreads
	selDispatchGroups
	selBarrier
	selEndEncoding
	selCommit
	selWait
	selStatus
	selError

	selectorCount = int(selError) + 1
)

// Message is an Objective-C method that the binding uses.
type Message struct {
	Class string // that answers to it
	Name  string
	Type  string // result(arguments): i integer, o object, p pointer, s MTLSize by value, v nothing
}

// selectors lists every message that the binding sends. Class, name and type
// follow Apple's headers; the fake runtime rejects all others.
var selectors = [selectorCount]Message{
	selAlloc:           {"NSObject", "alloc", "o()"},
	selInit:            {"NSObject", "init", "o()"},
	selRetain:          {"NSObject", "retain", "o()"},
	selRelease:         {"NSObject", "release", "v()"},
	selInitBytes:       {"NSString", "initWithBytes:length:encoding:", "o(p,i,i)"},
	selUTF8:            {"NSString", "UTF8String", "p()"},
	selLocalized:       {"NSError", "localizedDescription", "o()"},
	selName:            {"MTLDevice", "name", "o()"},
	selNewQueue:        {"MTLDevice", "newCommandQueue", "o()"},
	selNewLibrary:      {"MTLDevice", "newLibraryWithSource:options:error:", "o(o,o,p)"},
	selFastMath:        {"MTLCompileOptions", "setFastMathEnabled:", "v(i)"},
	selLanguage:        {"MTLCompileOptions", "setLanguageVersion:", "v(i)"},
	selNewFunction:     {"MTLLibrary", "newFunctionWithName:", "o(o)"},
	selNewPipeline:     {"MTLDevice", "newComputePipelineStateWithFunction:error:", "o(o,p)"},
	selMaxThreads:      {"MTLComputePipelineState", "maxTotalThreadsPerThreadgroup", "i()"},
	selNewBuffer:       {"MTLDevice", "newBufferWithLength:options:", "o(i,i)"},
	selContents:        {"MTLBuffer", "contents", "p()"},
	selCommandBuffer:   {"MTLCommandQueue", "commandBufferWithUnretainedReferences", "o()"},
	selEncoder:         {"MTLCommandBuffer", "computeCommandEncoderWithDispatchType:", "o(i)"},
	selSetPipeline:     {"MTLComputeCommandEncoder", "setComputePipelineState:", "v(o)"},
	selSetBuffer:       {"MTLComputeCommandEncoder", "setBuffer:offset:atIndex:", "v(o,i,i)"},
	selSetBytes:        {"MTLComputeCommandEncoder", "setBytes:length:atIndex:", "v(p,i,i)"},
	selDispatchThreads: {"MTLComputeCommandEncoder", "dispatchThreads:threadsPerThreadgroup:", "v(s,s)"},
	selDispatchGroups:  {"MTLComputeCommandEncoder", "dispatchThreadgroups:threadsPerThreadgroup:", "v(s,s)"},
	selBarrier:         {"MTLComputeCommandEncoder", "memoryBarrierWithScope:", "v(i)"},
	selEndEncoding:     {"MTLComputeCommandEncoder", "endEncoding", "v()"},
	selCommit:          {"MTLCommandBuffer", "commit", "v()"},
	selWait:            {"MTLCommandBuffer", "waitUntilCompleted", "v()"},
	selStatus:          {"MTLCommandBuffer", "status", "i()"},
	selError:           {"MTLCommandBuffer", "error", "o()"},
}

// Messages lists every message that the binding sends.
func Messages() []Message { return selectors[:] }
