namespace NodeMesh.Capture.Tests;

public sealed class EbpfExclusionTests() : CaptureExclusionTests(CaptureMode.Ebpf);
