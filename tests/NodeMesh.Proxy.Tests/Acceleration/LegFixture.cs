namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>The same with every byte through the proxy: only the legs between it and the applications are in the kernel.</summary>
public sealed class LegFixture : AccelerationFixture
{
    internal override bool IsProxied => true;
}
