namespace NodeMesh.Resources.Kinds;

/// <summary>What NodeMesh does with a kind.</summary>
public enum KindSupport
{
    /// <summary>It has an effect; it is bound and validated.</summary>
    Served,

    /// <summary>It is known and kept, but has no effect; it is bound and validated where it has a type.</summary>
    NotServed,

    /// <summary>Nothing is known of it.</summary>
    Unknown,
}
