using System.Buffers.Binary;

namespace Tandem.Cli.Bakery;

/// <summary>Small drawings of loaves as PNG files. They are stored uncompressed, so that every runtime makes the same bytes.</summary>
internal static class Picture
{
    private const int Side = 64;
    private static readonly uint[] s_crcTable = MakeCrcTable();

    /// <summary>Draws a loaf.</summary>
    /// <param name="look">Which of the crusts, and how the cuts run.</param>
    public static byte[] Draw(int look)
    {
        var rows = new byte[Side * (Side + 1)];
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                rows[(y * (Side + 1)) + 1 + x] = ColourAt(x, y, look);
            }
        }

        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        byte[] header = [0, 0, 0, Side, 0, 0, 0, Side, 8, 3, 0, 0, 0];
        Chunk(png, "IHDR", header);
        Chunk(png, "PLTE", Palette(look % 5));
        Chunk(png, "IDAT", Stored(rows));
        Chunk(png, "IEND", []);
        return png.ToArray();
    }

    private static byte ColourAt(int x, int y, int look)
    {
        var (dx, dy) = (x - (Side / 2), (y - (Side / 2)) * (3 + (look % 3)) / 3);
        var distance = (dx * dx) + (dy * dy);
        if (distance > 28 * 28)
        {
            return 0;
        }

        var cut = (x + ((look & 1) == 0 ? y : Side - y)) % (10 + (look % 4));
        return distance > 25 * 25 ? (byte)1 : cut < 2 && distance < 20 * 20 ? (byte)4 : distance > 18 * 18 ? (byte)2 : (byte)3;
    }

    private static byte[] Palette(int crust)
    {
        var (r, g, b) = ((int, int, int))(crust switch
        {
            0 => (196, 138, 72),
            1 => (168, 104, 50),
            2 => (142, 84, 40),
            3 => (214, 160, 92),
            _ => (120, 70, 38),
        });
        return
        [
            250, 246, 238,
            (byte)(r * 6 / 10), (byte)(g * 6 / 10), (byte)(b * 6 / 10),
            (byte)(r * 8 / 10), (byte)(g * 8 / 10), (byte)(b * 8 / 10),
            (byte)r, (byte)g, (byte)b,
            (byte)(r + 30), (byte)(g + 40), (byte)(b + 50),
        ];
    }

    /// <summary>A zlib stream of one stored block.</summary>
    private static byte[] Stored(byte[] data)
    {
        var stream = new byte[data.Length + 11];
        (stream[0], stream[1], stream[2]) = (0x78, 0x01, 0x01);
        BinaryPrimitives.WriteUInt16LittleEndian(stream.AsSpan(3), (ushort)data.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(stream.AsSpan(5), (ushort)~data.Length);
        data.CopyTo(stream, 7);
        var (a, b) = (1u, 0u);
        foreach (var value in data)
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }

        BinaryPrimitives.WriteUInt32BigEndian(stream.AsSpan(data.Length + 7), (b << 16) | a);
        return stream;
    }

    private static void Chunk(MemoryStream png, string type, byte[] data)
    {
        var chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        for (var i = 0; i < 4; i++)
        {
            chunk[4 + i] = (byte)type[i];
        }

        data.CopyTo(chunk, 8);
        var crc = 0xFFFFFFFF;
        foreach (var value in chunk.AsSpan(4, data.Length + 4))
        {
            crc = s_crcTable[(crc ^ value) & 0xFF] ^ (crc >> 8);
        }

        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(data.Length + 8), ~crc);
        png.Write(chunk);
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var c = i;
            for (var bit = 0; bit < 8; bit++)
            {
                c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            }

            table[i] = c;
        }

        return table;
    }
}
