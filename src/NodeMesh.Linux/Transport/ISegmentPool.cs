namespace NodeMesh.Linux.Transport;

/// <summary>Where transports borrow their buffers.</summary>
public interface ISegmentPool
{
    /// <summary>Borrows an array.</summary>
    /// <param name="size">Its smallest length in bytes.</param>
    /// <returns>An array of at least that length, with old content.</returns>
    byte[] Rent(int size);

    /// <summary>Gives an array back; the caller must not touch it afterwards.</summary>
    /// <param name="array">What <see cref="Rent"/> gave, once.</param>
    void Return(byte[] array);
}
