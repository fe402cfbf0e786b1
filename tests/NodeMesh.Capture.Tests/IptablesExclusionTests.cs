namespace NodeMesh.Capture.Tests;

public sealed class IptablesExclusionTests() : CaptureExclusionTests(CaptureMode.Iptables);
