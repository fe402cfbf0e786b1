using NodeMesh.Resources.Explanation;

namespace NodeMesh.Control.Sources;

/// <summary>A source that can be asked how it stands, and what the mesh does with a request.</summary>
internal interface IObservableSource
{
    /// <summary>What reading the configuration waits for, where somebody has to do something about it; null else.</summary>
    string? Obstacle { get; }

    /// <summary>What cannot be read as it should be, and what that means for the mesh: a sentence each.</summary>
    IReadOnlyList<string> Troubles { get; }

    /// <summary>Makes what answers, of the resources that the mesh has now.</summary>
    /// <returns>Null before they were read.</returns>
    MeshExplainer? CreateExplainer();
}
