namespace NodeMesh.Identity;

/// <summary>Lets a bounded number of requests through at once, the most urgent first and among equals the oldest.</summary>
/// <param name="slots">How many at once.</param>
internal sealed class RequestGate(int slots)
{
    private readonly Lock _gate = new();
    private readonly List<Ticket> _waiting = [];
    private int _free = slots;

    /// <summary>How many stand in line.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Waits for a slot, which <see cref="Leave"/> gives back.</summary>
    /// <exception cref="OperationCanceledException">The wait was ended; no slot is held.</exception>
    public async Task EnterAsync(Ticket ticket, CancellationToken ct)
    {
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            _waiting.Add(ticket);
        }

        using var registration = ct.Register(() => Cancel(ticket, ct));
        await ticket.Granted;
    }

    /// <summary>Makes a waiting ticket more urgent; never less.</summary>
    public void Raise(Ticket ticket, RequestPriority priority)
    {
        lock (_gate)
        {
            if (priority < ticket.Priority)
            {
                ticket.Priority = priority;
            }
        }
    }

    /// <summary>Gives a slot back; the next in line gets it.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            // MinBy keeps the first of equals, and the list is in order of arrival.
            var next = _waiting.MinBy(t => t.Priority);
            if (next is null)
            {
                _free++;
                return;
            }

            _waiting.Remove(next);
            next.Grant();
        }
    }

    private void Cancel(Ticket ticket, CancellationToken ct)
    {
        lock (_gate)
        {
            // A ticket that is no longer in the list was granted its slot just before: its owner holds the slot and gives it back.
            if (_waiting.Remove(ticket))
            {
                ticket.Cancel(ct);
            }
        }
    }

    /// <summary>One request's place in the line.</summary>
    /// <param name="priority">Its urgency at first.</param>
    internal sealed class Ticket(RequestPriority priority)
    {
        private readonly TaskCompletionSource _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public RequestPriority Priority { get; set; } = priority;

        public Task Granted => _granted.Task;

        public void Grant() => _granted.TrySetResult();

        public void Cancel(CancellationToken ct) => _granted.TrySetCanceled(ct);
    }
}
