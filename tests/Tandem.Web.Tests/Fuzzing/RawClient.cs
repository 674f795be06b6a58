using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Web.Tests.Fuzzing;

/// <summary>Sends bytes that no well-behaved client would send, and reads what comes back up to a bound.</summary>
internal sealed class RawClient(Uri address)
{
    /// <summary>No answer may be larger.</summary>
    public const int MostBytes = 16 * 1024 * 1024;

    /// <summary>Only so that a server that hangs ends the test; an answer takes milliseconds.</summary>
    private static readonly TimeSpan s_hangs = TimeSpan.FromSeconds(60);

    public async Task<RawAnswer> SendAsync(string head, byte[] body, CancellationToken cancellationToken)
    {
        using var hung = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        hung.CancelAfter(s_hangs);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, hung.Token);
        await using var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(head), hung.Token);
            await stream.WriteAsync(body, hung.Token);
        }
        catch (IOException)
        {
            // It was refused before all of it was read; what it answered is still there to read.
        }

        using var read = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer, hung.Token) is > 0 and var count)
            {
                await read.WriteAsync(buffer.AsMemory(0, count), hung.Token);
                Assert.True(read.Length <= MostBytes, $"An answer is larger than {MostBytes} bytes.");
                if (IsStream(read))
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // Reset: what had come stays.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"No end of an answer within {s_hangs}.");
        }

        return RawAnswer.Parse(read.ToArray());
    }

    /// <summary>Events come for ever: the head is all there is to wait for.</summary>
    private static bool IsStream(MemoryStream read) =>
        read.Length < 8192 && Encoding.Latin1.GetString(read.GetBuffer(), 0, (int)read.Length) is var text
        && text.Contains("\r\n\r\n", StringComparison.Ordinal) && text.Contains("text/event-stream", StringComparison.Ordinal);
}

/// <summary>An answer as it came.</summary>
/// <param name="Status">The status; 0 when the connection was closed without one.</param>
/// <param name="Head">The head, whole.</param>
/// <param name="Type">The media type, or nothing.</param>
/// <param name="Body">The body.</param>
internal sealed record RawAnswer(int Status, string Head, string Type, string Body)
{
    public static RawAnswer Parse(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return new RawAnswer(0, text, "", "");
        }

        var head = text[..end];
        var body = bytes.AsSpan(end + 4);
        var isChunked = head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase);
        var type = head.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase))?[13..].Split(';')[0].Trim() ?? "";
        return new RawAnswer(int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture), head, type, isChunked ? Joined(body) : Encoding.UTF8.GetString(body));
    }

    private static string Joined(ReadOnlySpan<byte> chunks)
    {
        using var joined = new MemoryStream();
        while (chunks.IndexOf("\r\n"u8) is >= 0 and var line && int.TryParse(Encoding.ASCII.GetString(chunks[..line]), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var size) && size > 0)
        {
            chunks = chunks[(line + 2)..];
            joined.Write(chunks[..Math.Min(size, chunks.Length)]);
            chunks = chunks[Math.Min(size + 2, chunks.Length)..];
        }

        return Encoding.UTF8.GetString(joined.ToArray());
    }
}
