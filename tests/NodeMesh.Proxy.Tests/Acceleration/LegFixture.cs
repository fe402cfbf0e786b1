namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>The same with every byte through the proxy: only the legs between it and the applications are in the kernel. With a pod on the other node, where nothing is.</summary>
public sealed class LegFixture : AccelerationFixture
{
    internal override bool IsProxied => true;

    internal DataPaths.TestPod Far { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Far = await Mesh.AddPodAsync("far", 2, 4);
    }
}
