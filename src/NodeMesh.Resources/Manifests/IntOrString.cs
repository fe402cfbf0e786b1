using System.Globalization;

namespace NodeMesh.Resources.Manifests;

/// <summary>Kubernetes' IntOrString: a number or a name, such as a target port.</summary>
/// <param name="Number">The number; null when it is a name.</param>
/// <param name="Name">The name; null when it is a number.</param>
public readonly record struct IntOrString(int? Number, string? Name)
{
    /// <summary>A number.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator IntOrString(int number) => FromInt32(number);

    /// <summary>A name.</summary>
    /// <param name="name">The name.</param>
    public static implicit operator IntOrString(string name) => FromString(name);

    /// <summary>A number.</summary>
    /// <param name="number">The number.</param>
    /// <returns>The value.</returns>
    public static IntOrString FromInt32(int number) => new(number, null);

    /// <summary>A name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The value.</returns>
    public static IntOrString FromString(string name) => new(null, name);

    /// <summary>The number or the name.</summary>
    public override string ToString() => Number?.ToString(CultureInfo.InvariantCulture) ?? Name ?? "";
}
