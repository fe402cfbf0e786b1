namespace NodeMesh.Capture.Tests;

public sealed class IptablesDnsTests() : DnsCaptureTests(CaptureMode.Iptables);
