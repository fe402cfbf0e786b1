namespace NodeMesh.Kubernetes.Models;

/// <summary>How the server reads a patch.</summary>
public enum PatchType
{
    /// <summary>A list of operations (RFC 6902).</summary>
    JsonPatch,

    /// <summary>A merge (RFC 7386).</summary>
    MergePatch,

    /// <summary>Kubernetes' own merge; built-in kinds alone.</summary>
    StrategicMergePatch,

    /// <summary>Server-side apply.</summary>
    ApplyPatch,
}
