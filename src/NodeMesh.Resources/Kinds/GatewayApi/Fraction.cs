using System.ComponentModel;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>A share.</summary>
[Cel("self.numerator <= self.denominator", "numerator must be less than or equal to denominator")]
public sealed record Fraction
{
    /// <summary>How many of the denominator's.</summary>
    [InRange(0, 2147483647)]
    public required int Numerator { get; init; }

    /// <summary>Of how many; 100 when missing.</summary>
    [InRange(1, 2147483647)]
    [DefaultValue(100)]
    public int? Denominator { get; init; }
}
