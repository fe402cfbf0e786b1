namespace NodeMesh.Capture.Tests;

public sealed class EbpfCaptureTests() : CaptureTests(CaptureMode.Ebpf);
