namespace NodeMesh.Agent.Cni;

/// <summary>What the plugin answers instead of a result.</summary>
/// <param name="code">The code.</param>
/// <param name="message">For people.</param>
internal sealed class CniException(CniErrorCode code, string message) : Exception(message)
{
    /// <summary>The code.</summary>
    public CniErrorCode Code => code;
}
