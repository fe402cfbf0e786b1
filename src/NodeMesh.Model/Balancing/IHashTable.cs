namespace NodeMesh.Model.Balancing;

/// <summary>A circle of places, each of which belongs to an endpoint. Whoever finds the endpoint of a place unusable goes on to the next place.</summary>
public interface IHashTable
{
    /// <summary>How many places there are; 0 without endpoints.</summary>
    int Size { get; }

    /// <summary>The place of a key.</summary>
    /// <param name="hash">The key's hash.</param>
    /// <returns>0 to <see cref="Size"/> - 1.</returns>
    int Locate(ulong hash);

    /// <summary>The endpoint of a place.</summary>
    /// <param name="place">The place.</param>
    /// <returns>The endpoint's index.</returns>
    int EndpointAt(int place);
}
