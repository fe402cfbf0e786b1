namespace NodeMesh.Linux.Bpf;

/// <summary>What an update does with a key that is there, or is not.</summary>
public enum BpfUpdateMode
{
    /// <summary><c>BPF_ANY</c>: adds or replaces.</summary>
    Any = 0,

    /// <summary><c>BPF_NOEXIST</c>: adds, and fails where the key is there. Array maps cannot.</summary>
    Add = 1,

    /// <summary><c>BPF_EXIST</c>: replaces, and fails where the key is not there.</summary>
    Replace = 2,
}
