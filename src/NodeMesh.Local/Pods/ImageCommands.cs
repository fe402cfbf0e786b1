using System.Collections.Immutable;
using System.Text;

namespace NodeMesh.Local.Pods;

/// <summary>What stands in for images: there are none here, so an image without a command needs one by <c>--image NAME=COMMAND</c>.</summary>
/// <param name="Commands">Commands, by image.</param>
public sealed record ImageCommands(ImmutableDictionary<string, string> Commands)
{
    /// <summary>No image has a command.</summary>
    public static ImageCommands Empty { get; } = new(ImmutableDictionary<string, string>.Empty);

    /// <summary>Reads <c>NAME=COMMAND</c>.</summary>
    /// <param name="texts">What was written on the command line.</param>
    /// <returns>The commands.</returns>
    /// <exception cref="FormatException">A text is not of that form.</exception>
    public static ImageCommands Parse(IEnumerable<string> texts)
    {
        var commands = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || text[(equals + 1)..].Trim().Length == 0)
            {
                throw new FormatException($"--image '{text}': write NAME=COMMAND, such as nginx='python3 -m http.server 80'");
            }

            _ = SplitWords(text[(equals + 1)..]);
            commands[text[..equals]] = text[(equals + 1)..];
        }

        return new ImageCommands(commands.ToImmutable());
    }

    /// <summary>The command of an image: of its full name, or of its name without tag and digest.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The words, or null when there is no command for it.</returns>
    public ImmutableArray<string>? Find(string? image)
    {
        if (image is null)
        {
            return null;
        }

        if (Commands.TryGetValue(image, out var command))
        {
            return SplitWords(command);
        }

        var name = image.Split('@')[0];
        var colon = name.LastIndexOf(':');
        name = colon > name.LastIndexOf('/') ? name[..colon] : name;
        return Commands.TryGetValue(name, out command) ? SplitWords(command) : null;
    }

    /// <summary>Splits a command as a shell does, without expansions.</summary>
    /// <param name="command">The command.</param>
    /// <returns>Its words.</returns>
    /// <exception cref="FormatException">A quote is not closed.</exception>
    internal static ImmutableArray<string> SplitWords(string command)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        var inWord = false;
        var quote = '\0';
        foreach (var c in command)
        {
            if (quote != '\0' && c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '\'' or '"')
            {
                quote = c;
                inWord = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (inWord)
                {
                    words.Add(word.ToString());
                    word.Clear();
                    inWord = false;
                }
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        if (quote != '\0')
        {
            throw new FormatException($"'{command}': the quote {quote} is not closed");
        }

        if (inWord)
        {
            words.Add(word.ToString());
        }

        return words.ToImmutable();
    }
}
