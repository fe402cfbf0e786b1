namespace NodeMesh.Model.Routing;

/// <summary>Headers that rules change. Names are compared without regard to case.</summary>
public interface IHeaderEditor
{
    /// <summary>Takes a header away.</summary>
    /// <param name="name">The name.</param>
    void Remove(string name);

    /// <summary>Replaces a header's values.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    void Set(string name, string value);

    /// <summary>Adds a value to those that are there.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    void Add(string name, string value);
}
