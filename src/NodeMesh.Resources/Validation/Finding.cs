using NodeMesh.Model;

namespace NodeMesh.Resources.Validation;

/// <summary>Something found wrong, or worth knowing, in a manifest or resource.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Code">A stable word for programs, of <see cref="FindingCodes"/>.</param>
/// <param name="Message">What is wrong and what to do about it.</param>
public sealed record Finding(FindingLevel Level, string Code, string Message)
{
    /// <summary>The file; null when it does not come from one.</summary>
    public string? File { get; init; }

    /// <summary>Index of the document in its file, from 0.</summary>
    public int Document { get; init; }

    /// <summary>Line, from 1; 0 when unknown.</summary>
    public int Line { get; init; }

    /// <summary>Column, from 1; 0 when unknown.</summary>
    public int Column { get; init; }

    /// <summary>The field, such as <c>spec.rules[0].from</c>; empty for the whole resource.</summary>
    public string Field { get; init; } = "";

    /// <summary>The resource; null when it could not be told.</summary>
    public ResourceOrigin? Resource { get; init; }

    /// <summary><c>file:line:column: error: Kind namespace/name: field: message</c>.</summary>
    public override string ToString()
    {
        var place = File is null ? "" : Line == 0 ? $"{File}: " : $"{File}:{Line}:{Column}: ";
        var level = Level switch { FindingLevel.Error => "error", FindingLevel.Warning => "warning", _ => "info" };
        var resource = Resource is null ? "" : $"{Resource}: ";
        var field = Field.Length == 0 ? "" : $"{Field}: ";
        return $"{place}{level}: {resource}{field}{Message}";
    }
}
