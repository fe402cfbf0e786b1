using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NodeMesh.Compare.Load;

/// <summary>
/// Requests at a fixed rate on a few open connections. A request that could not leave in time because an answer was late is timed from
/// when it should have left: else a stall would be counted once instead of for every request that it held up.
/// </summary>
internal static class FixedRateLoad
{
    /// <summary>Runs the load and prints the median and the 99th percentile in microseconds.</summary>
    public static void Run(string address, int port, int perSecond, double seconds, int connections)
    {
        var target = new IPEndPoint(IPAddress.Parse(address), port);
        var interval = (long)(Stopwatch.Frequency * (double)connections / perSecond);
        var start = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 5);
        var warm = start + (long)(Stopwatch.Frequency * Math.Min(1, seconds / 4));
        var end = warm + (long)(Stopwatch.Frequency * seconds);
        var samples = new List<long>[connections];
        var threads = Enumerable.Range(0, connections).Select(index => new Thread(() =>
            samples[index] = Drive(target, start + (interval * index / connections), interval, warm, end))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        var all = samples.SelectMany(list => list).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{At(0.5):0.0} {At(0.99):0.0}"));

        double At(double quantile) => all[(int)((all.Length - 1) * quantile)] * 1e6 / Stopwatch.Frequency;
    }

    private static List<long> Drive(IPEndPoint target, long first, long interval, long warm, long end)
    {
        var samples = new List<long>(1 << 16);
        using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(target);
        var request = "GET / HTTP/1.1\r\nHost: bench\r\nx-bench: yes\r\n\r\n"u8;
        Span<byte> answer = stackalloc byte[4096];
        var answered = 0L;
        for (var due = first; due < end; due += interval)
        {
            WaitUntil(due);

            // What woke late is this client's own fault, unless the answer before was what it waited for.
            var from = answered > due ? due : Stopwatch.GetTimestamp();
            socket.Send(request);
            ReceiveAnswer(socket, answer);
            answered = Stopwatch.GetTimestamp();
            if (due >= warm)
            {
                samples.Add(answered - from);
            }
        }

        return samples;
    }

    private static void WaitUntil(long due)
    {
        var left = due - Stopwatch.GetTimestamp();
        if (left > 0)
        {
            // To the microsecond: Thread.Sleep counts milliseconds, and would spin through what is less.
            var nanoseconds = (long)(left * (1e9 / Stopwatch.Frequency));
            _ = NativeSleep.nanosleep(new NativeSleep.Timespec(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000), 0);
        }
    }

    /// <summary>Reads one answer: the servers of the comparison end it with a line feed and have it in one piece or two.</summary>
    private static void ReceiveAnswer(Socket socket, Span<byte> buffer)
    {
        for (var length = 0; length < 5 || !buffer[..length].EndsWith("..!\n"u8);)
        {
            var read = socket.Receive(buffer[length..]);
            if (read == 0)
            {
                throw new IOException("the server closed the connection");
            }

            length += read;
        }
    }
}
