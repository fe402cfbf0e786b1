using NodeMesh.Model;

namespace NodeMesh.Control.Discovery;

/// <summary>The present configuration.</summary>
internal sealed class MeshState
{
    private volatile CompiledMesh? _current;

    /// <summary>The last snapshot; null before the first.</summary>
    public CompiledMesh? Current
    {
        get => _current;
        set => _current = value;
    }
}
