using System.IO.Pipelines;

namespace NodeMesh.Tunnel;

/// <summary>Both directions of a stream.</summary>
internal sealed class TunnelDuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;
}
