using System.Collections.Immutable;
using NodeMesh.Local.Pods;

namespace NodeMesh.Local.Daemon;

/// <summary>The commands of images, as far as they are known now.</summary>
/// <param name="initial">Those of <c>up</c>.</param>
internal sealed class ImageRegistry(ImageCommands initial)
{
    private ImageCommands _commands = initial;

    /// <summary>The commands.</summary>
    public ImageCommands Commands => Volatile.Read(ref _commands);

    /// <summary>What the commands would be with some more.</summary>
    /// <param name="more">They win.</param>
    public ImageCommands With(ImmutableDictionary<string, string> more) => new(Commands.Commands.SetItems(more));

    /// <summary>Takes commands over.</summary>
    /// <param name="commands">The commands.</param>
    public void Set(ImageCommands commands) => Volatile.Write(ref _commands, commands);
}
