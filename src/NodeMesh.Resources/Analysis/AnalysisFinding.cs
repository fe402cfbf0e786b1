using NodeMesh.Model;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Analysis;

/// <summary>Something that analysis found.</summary>
/// <param name="Code">A code of <see cref="AnalysisCodes"/>: Istio's own where the finding is Istio's.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Analyzer">Who found it.</param>
/// <param name="Resource">The resource; null when a file cannot be read.</param>
/// <param name="Field">The field; empty for the whole resource.</param>
/// <param name="File">The file; null when the resource does not come from one.</param>
/// <param name="Line">Line, from 1; 0 when unknown.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record AnalysisFinding(
    string Code, FindingLevel Level, string Analyzer, ResourceOrigin? Resource, string Field, string? File, int Line, string Message, string Remedy)
{
    /// <summary>The finding as one line, in the manner of istioctl.</summary>
    public override string ToString()
    {
        var place = File is null ? "" : Line == 0 ? $" {File}" : $" {File}:{Line}";
        var resource = Resource is null ? "" : $" ({Resource})";
        var field = Field.Length == 0 ? "" : $"{Field}: ";
        var remedy = Remedy.Length == 0 ? "" : $"; {Remedy}";
        return $"{Level} [{Code}]{resource}{place}: {field}{Message}{remedy}";
    }
}
