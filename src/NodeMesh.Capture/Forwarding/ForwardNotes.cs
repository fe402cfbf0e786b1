namespace NodeMesh.Capture.Forwarding;

/// <summary><c>enum forward_notes</c>: what is noted of a pod's connections as they are established.</summary>
internal enum ForwardNotes : uint
{
    /// <summary>Nothing: a leg's application is found by its addresses, once it is worth it.</summary>
    Legs = 1,

    /// <summary>Both ends of connections within the node.</summary>
    Ends = 2,
}
