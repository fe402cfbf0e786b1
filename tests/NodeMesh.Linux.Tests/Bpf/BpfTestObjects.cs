using NodeMesh.Linux.Bpf;

namespace NodeMesh.Linux.Tests.Bpf;

/// <summary>The objects of native/tests.</summary>
internal static class BpfTestObjects
{
    public static BpfObject Open(string name) => BpfObject.OpenResource(typeof(BpfTestObjects).Assembly, $"{name}.bpf.o");

    public static BpfObject Load(string name)
    {
        var opened = Open(name);
        opened.Load();
        return opened;
    }
}
