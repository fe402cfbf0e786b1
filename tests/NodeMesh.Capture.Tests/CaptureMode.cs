namespace NodeMesh.Capture.Tests;

/// <summary>A way of capture that tests run with.</summary>
public enum CaptureMode
{
    Iptables,
    Ebpf,
}
