namespace NodeMesh.Model.AccessLogging;

/// <summary>What is known of a request, or of a connection without requests, when it is over.</summary>
public interface IAccessFacts
{
    /// <summary>Finds a fact.</summary>
    /// <param name="fact">Which.</param>
    /// <returns>Its value; missing where there is none, as a connection has no status.</returns>
    AccessValue Find(AccessFact fact);
}
