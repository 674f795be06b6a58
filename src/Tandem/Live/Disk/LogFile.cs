using System.Buffers.Binary;
using System.Numerics;

namespace Tandem.Live.Disk;

/// <summary>
/// A file of entries, each with its length and checksum in front. Entries are only appended; one that a crash cut short ends
/// the file, and everything before it stands. One process holds the file at a time. Not safe for several threads at once.
/// </summary>
internal sealed class LogFile : IDisposable
{
    private const int HeaderLength = 8;
    private const int LongestEntry = 1 << 30;
    private readonly string _path;
    private FileStream _file;

    private LogFile(string path, FileStream file) => (_path, _file) = (path, file);

    /// <summary>Bytes in the file.</summary>
    public long Length => _file.Length;

    /// <summary>Opens a file, which is made when it is not there, and reads its entries.</summary>
    /// <param name="path">The file.</param>
    /// <param name="entry">Called for each entry in order.</param>
    /// <exception cref="IOException">Another process holds the file, or it cannot be read.</exception>
    public static LogFile Open(string path, Action<ReadOnlyMemory<byte>> entry)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        try
        {
            var header = new byte[HeaderLength];
            var good = 0L;
            while (file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) == HeaderLength)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(header);
                if (length is < 0 or > LongestEntry || length > file.Length - file.Position)
                {
                    break;
                }

                var content = new byte[length];
                file.ReadExactly(content);
                if (Checksum(content) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)))
                {
                    break;
                }

                entry(content);
                good = file.Position;
            }

            file.SetLength(good);
            file.Position = good;
            return new LogFile(path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Appends an entry. When this returns it outlives the process; with <paramref name="toDisk"/> also the machine's power.</summary>
    public async Task AppendAsync(ReadOnlyMemory<byte> content, bool toDisk, CancellationToken cancellationToken)
    {
        var start = _file.Position;
        var entry = new byte[HeaderLength + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(entry, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(4), Checksum(content.Span));
        content.CopyTo(entry.AsMemory(HeaderLength));
        try
        {
            await _file.WriteAsync(entry, cancellationToken).ConfigureAwait(false);
            await _file.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (toDisk)
            {
                _file.Flush(flushToDisk: true);
            }
        }
        catch
        {
            // Half an entry would end the file for every later one.
            _file.SetLength(start);
            _file.Position = start;
            throw;
        }
    }

    /// <summary>Puts other entries in the place of all there are: beside the file first, so that a crash leaves the one or the other.</summary>
    public async Task ReplaceAsync(IEnumerable<byte[]> entries, CancellationToken cancellationToken)
    {
        var beside = _path + ".new";
        File.Delete(beside);
        var other = Open(beside, _ => { });
        try
        {
            foreach (var entry in entries)
            {
                await other.AppendAsync(entry, toDisk: false, cancellationToken).ConfigureAwait(false);
            }

            other._file.Flush(flushToDisk: true);
        }
        catch
        {
            other.Dispose();
            throw;
        }

        File.Move(beside, _path, overwrite: true);
        (_file, other._file) = (other._file, _file);
        other.Dispose();
    }

    public void Dispose() => _file.Dispose();

    /// <summary>CRC-32C (Castagnoli), which processors compute by themselves.</summary>
    private static uint Checksum(ReadOnlySpan<byte> content)
    {
        var sum = uint.MaxValue;
        while (content.Length >= 8)
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(content));
            content = content[8..];
        }

        foreach (var one in content)
        {
            sum = BitOperations.Crc32C(sum, one);
        }

        return ~sum;
    }
}
