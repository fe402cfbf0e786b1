namespace NodeMesh.Linux.Events;

/// <summary>A descriptor's place in an <see cref="EventLoop"/>.</summary>
internal sealed class EventRegistration(int descriptor, IEventTarget target, ulong token)
{
    internal int Descriptor => descriptor;

    internal IEventTarget Target => target;

    /// <summary>Slot and generation: an event that was fetched before the slot changed hands does not match any more.</summary>
    internal ulong Token => token;
}
