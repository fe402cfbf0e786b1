using System.Runtime.CompilerServices;
using System.Threading.Channels;
using NodeMesh.Control.Sources;
using NodeMesh.Model;

namespace NodeMesh.Control.Tests;

/// <summary>A source whose snapshots the test hands out.</summary>
internal sealed class TestSource : IMeshConfigurationSource
{
    private readonly Channel<CompiledMesh> _snapshots = Channel.CreateUnbounded<CompiledMesh>();

    public void Publish(CompiledMesh mesh) => Assert.True(_snapshots.Writer.TryWrite(mesh));

    public async IAsyncEnumerable<CompiledMesh> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var mesh in _snapshots.Reader.ReadAllAsync(cancellationToken))
        {
            yield return mesh;
        }
    }
}
