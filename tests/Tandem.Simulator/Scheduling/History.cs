using System.Security.Cryptography;
using System.Text;

namespace Tandem.Simulator.Scheduling;

/// <summary>What happened in a world, line by line, and its digest.</summary>
internal sealed class History(VirtualTime time) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public List<string> Lines { get; } = [];

    public string Digest => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Note(string what)
    {
        var line = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.Elapsed.TotalMilliseconds,8:0} {what}");
        Lines.Add(line);
        _hash.AppendData(Encoding.UTF8.GetBytes(line));
        _hash.AppendData("\n"u8);
    }

    public void Dispose() => _hash.Dispose();
}
