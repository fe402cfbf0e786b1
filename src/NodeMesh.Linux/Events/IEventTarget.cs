namespace NodeMesh.Linux.Events;

/// <summary>Something that an <see cref="EventLoop"/> tells of events; always on the loop's thread.</summary>
internal interface IEventTarget
{
    /// <summary>Tells of events. Must not wait for anything.</summary>
    /// <param name="events">The <c>EPOLL*</c> bits; 0 when the target asked to be called again.</param>
    void OnEvents(uint events);

    /// <summary>Tells that <see cref="OnEvents"/> threw: a fault of this process, which must end this target alone.</summary>
    /// <param name="fault">What it threw.</param>
    void OnFault(Exception fault);
}
