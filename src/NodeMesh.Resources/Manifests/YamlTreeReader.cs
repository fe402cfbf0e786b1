using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NodeMesh.Resources.Manifests;

/// <summary>Reads one YAML document into a tree, with limits against documents made to exhaust memory or stack.</summary>
public sealed class YamlTreeReader
{
    private const int MaxDepth = 100;
    private const int MaxAliasedNodes = 100_000;
    private const string StringTag = "tag:yaml.org,2002:str";

    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly int _lineOffset;
    private readonly Dictionary<string, (ManifestNode Node, int Size)> _anchors = [];
    private int _nodes;
    private int _aliased;

    private YamlTreeReader(TextReader text, int lineOffset)
    {
        _scanner = new Scanner(text);
        _parser = new Parser(_scanner);
        _lineOffset = lineOffset;
    }

    /// <summary>Reads one document.</summary>
    /// <param name="text">The document.</param>
    /// <param name="lineOffset">Lines of the file before the document.</param>
    /// <returns>The tree, or null for an empty document.</returns>
    /// <exception cref="ManifestSyntaxException">It is not YAML.</exception>
    public static ManifestNode? Read(string text, int lineOffset)
    {
        using var characters = new StringReader(text);
        var reader = new YamlTreeReader(characters, lineOffset);
        try
        {
            return reader.ReadDocument();
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner throws this where a map in braces ends in the middle of a key.
            var place = reader._scanner.CurrentPosition;
            throw new ManifestSyntaxException("not valid YAML: a brace, bracket or quote is not closed", reader.Line(place), (int)place.Column);
        }
        catch (YamlException error)
        {
            // Where two places are given, the value began at the first and went wrong at the second.
            var (line, column) = error.End.Line > error.Start.Line ? ((int)error.End.Line, (int)error.End.Column) : ((int)error.Start.Line, (int)error.Start.Column);
            var remedy = "";
            if (error.Message.Contains(" tab", StringComparison.Ordinal))
            {
                // The scanner names the beginning of the map that the tab is in.
                line = FindTab(text, line);
                remedy = "; indent with spaces, YAML allows no tabs";
            }

            throw new ManifestSyntaxException($"not valid YAML: {error.Message.TrimEnd('.')}{remedy}", line + lineOffset, column);
        }
    }

    private static int FindTab(string text, int from)
    {
        var lines = text.Split('\n');
        for (var i = from - 1; i < lines.Length; i++)
        {
            if (lines[i].AsSpan(0, lines[i].Length - lines[i].AsSpan().TrimStart().Length).Contains('\t'))
            {
                return i + 1;
            }
        }

        return from;
    }

    private ManifestNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            return null;
        }

        var node = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _))
        {
            var next = _parser.Current!.Start;
            throw new ManifestSyntaxException("another document begins without '---'; put '---' on a line of its own before it", Line(next), (int)next.Column);
        }

        return node is ManifestScalar { Kind: ScalarKind.Null } ? null : node;
    }

    private ManifestNode ReadNode(int depth)
    {
        if (depth > MaxDepth)
        {
            var place = _parser.Current!.Start;
            throw new ManifestSyntaxException($"nested deeper than {MaxDepth} levels", Line(place), (int)place.Column);
        }

        _nodes++;
        var before = _nodes;
        AnchorName anchor;
        ManifestNode node;
        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            anchor = scalar.Anchor;
            node = ToScalar(scalar);
        }
        else if (_parser.TryConsume<SequenceStart>(out var sequence))
        {
            anchor = sequence.Anchor;
            node = ReadSequence(sequence, depth);
        }
        else if (_parser.TryConsume<MappingStart>(out var mapping))
        {
            anchor = mapping.Anchor;
            node = ReadMapping(mapping, depth);
        }
        else
        {
            return ReadAlias();
        }

        if (!anchor.IsEmpty)
        {
            _anchors[anchor.Value] = (node, _nodes - before + 1);
        }

        return node;
    }

    private ManifestNode ReadAlias()
    {
        var alias = _parser.Consume<AnchorAlias>();
        if (!_anchors.TryGetValue(alias.Value.Value, out var target))
        {
            throw new ManifestSyntaxException($"no anchor '&{alias.Value.Value}' comes before this alias", Line(alias.Start), (int)alias.Start.Column);
        }

        _nodes += target.Size;
        _aliased += target.Size;
        if (_aliased > MaxAliasedNodes)
        {
            throw new ManifestSyntaxException($"aliases expand to more than {MaxAliasedNodes} nodes; write the values out", Line(alias.Start), (int)alias.Start.Column);
        }

        return target.Node;
    }

    private ManifestSequence ReadSequence(SequenceStart start, int depth)
    {
        var items = ImmutableArray.CreateBuilder<ManifestNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return new ManifestSequence(items.ToImmutable(), Line(start.Start), (int)start.Start.Column);
    }

    private ManifestMapping ReadMapping(MappingStart start, int depth)
    {
        var builder = new MappingBuilder(Line(start.Start), (int)start.Start.Column);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var key))
            {
                var place = _parser.Current!.Start;
                throw new ManifestSyntaxException("a key must be a plain word or a string", Line(place), (int)place.Column);
            }

            var value = ReadNode(depth + 1);
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
            {
                builder.Merge(value);
            }
            else
            {
                builder.Add(key.Value, value, Line(key.Start), (int)key.Start.Column);
            }
        }

        return builder.Build();
    }

    private ManifestScalar ToScalar(Scalar scalar)
    {
        var isString = scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value == StringTag);
        var (kind, text) = isString ? (ScalarKind.String, scalar.Value) : ManifestScalar.Resolve(scalar.Value);
        return new ManifestScalar(text, kind, Line(scalar.Start), (int)scalar.Start.Column);
    }

    private int Line(Mark mark) => (int)mark.Line + _lineOffset;
}
