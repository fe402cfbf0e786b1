using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace NodeMesh.Resources.Manifests;

/// <summary>Reads JSON into trees; several values may follow one another.</summary>
internal ref struct JsonTreeReader
{
    private const int MaxDepth = 100;

    private readonly ReadOnlySpan<byte> _bytes;
    private Utf8JsonReader _reader;
    private int _offset;
    private int _line;
    private int _lineStart;

    private JsonTreeReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _line = 1;
        _reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth, AllowMultipleValues = true });
    }

    /// <summary>Reads all values.</summary>
    /// <param name="text">The text.</param>
    /// <param name="values">Takes the values, also those before an error.</param>
    /// <exception cref="ManifestSyntaxException">It is not JSON.</exception>
    public static void Read(string text, List<ManifestNode> values)
    {
        var reader = new JsonTreeReader(Encoding.UTF8.GetBytes(text));
        try
        {
            while (reader._reader.Read())
            {
                values.Add(reader.ReadValue());
            }
        }
        catch (JsonException error)
        {
            var message = error.Message.Split(" LineNumber:", 2)[0].TrimEnd('.', ' ');
            throw new ManifestSyntaxException($"not valid JSON: {message}", (int)(error.LineNumber ?? 0) + 1, (int)(error.BytePositionInLine ?? 0) + 1);
        }
    }

    private ManifestNode ReadValue()
    {
        var (line, column) = Place();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var builder = new MappingBuilder(line, column);
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
                {
                    var (keyLine, keyColumn) = Place();
                    var key = _reader.GetString()!;
                    _reader.Read();
                    builder.Add(key, ReadValue(), keyLine, keyColumn);
                }

                return builder.Build();
            case JsonTokenType.StartArray:
                var items = ImmutableArray.CreateBuilder<ManifestNode>();
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(ReadValue());
                }

                return new ManifestSequence(items.ToImmutable(), line, column);
            case JsonTokenType.Number:
                var number = Encoding.UTF8.GetString(_reader.ValueSpan);
                return new ManifestScalar(number, _reader.TryGetInt64(out _) ? ScalarKind.Integer : ScalarKind.Float, line, column);
            case JsonTokenType.True or JsonTokenType.False:
                return new ManifestScalar(_reader.TokenType == JsonTokenType.True ? "true" : "false", ScalarKind.Boolean, line, column);
            case JsonTokenType.Null:
                return new ManifestScalar("", ScalarKind.Null, line, column);
            default:
                return new ManifestScalar(_reader.GetString()!, ScalarKind.String, line, column);
        }
    }

    private (int Line, int Column) Place()
    {
        var start = (int)_reader.TokenStartIndex;
        for (; _offset < start; _offset++)
        {
            if (_bytes[_offset] == (byte)'\n')
            {
                _line++;
                _lineStart = _offset + 1;
            }
        }

        return (_line, start - _lineStart + 1);
    }
}
