namespace NodeMesh.Resources.Manifests;

/// <summary>A key of a map with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
/// <param name="Line">Line of the key, from 1; 0 when not from a file.</param>
/// <param name="Column">Column of the key, from 1; 0 when not from a file.</param>
public readonly record struct ManifestEntry(string Key, ManifestNode Value, int Line = 0, int Column = 0);
