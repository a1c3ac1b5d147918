/// Length, width without mirrors, height and wheelbase of passenger cars in millimetres, as commonly quoted; not looked up one by one.
enum UsualCars {
    static let sizes: [(name: String, length: Double, width: Double, height: Double, wheelbase: Double)] = [
        ("VW Polo", 4053, 1751, 1461, 2548), ("VW Golf", 4284, 1789, 1456, 2619), ("VW Passat", 4767, 1832, 1456, 2791),
        ("VW Tiguan", 4486, 1839, 1654, 2681), ("VW Up", 3600, 1645, 1504, 2420), ("BMW 3", 4709, 1827, 1442, 2851),
        ("BMW X3", 4708, 1891, 1676, 2864), ("Mercedes C", 4751, 1820, 1438, 2865),
        ("Mercedes A", 4419, 1796, 1440, 2729), ("Audi A3", 4343, 1816, 1425, 2636),
        ("Audi A4", 4762, 1847, 1431, 2820),
        ("Audi A6", 4939, 1886, 1457, 2924), ("Ford Fiesta", 4040, 1735, 1476, 2493),
        ("Ford Focus", 4378, 1825, 1471, 2700), ("Opel Corsa", 4060, 1765, 1433, 2538),
        ("Opel Astra", 4370, 1809, 1485, 2662), ("Toyota Yaris", 3940, 1745, 1500, 2560),
        ("Toyota Corolla", 4370, 1790, 1435, 2640), ("Toyota RAV4", 4600, 1855, 1685, 2690),
        ("Honda Civic", 4518, 1799, 1434, 2697), ("Honda Jazz", 4044, 1694, 1526, 2517),
        ("Mazda 3", 4460, 1795, 1435, 2725), ("Mazda MX-5", 3915, 1735, 1230, 2310),
        ("Fiat 500", 3571, 1627, 1488, 2300),
        ("Fiat Panda", 3653, 1643, 1551, 2300), ("Renault Clio", 4050, 1798, 1440, 2583),
        ("Peugeot 208", 4055, 1745, 1430, 2540), ("Skoda Octavia", 4689, 1829, 1470, 2686),
        ("Skoda Fabia", 4108, 1780, 1459, 2552), ("Hyundai i30", 4340, 1795, 1455, 2650),
        ("Kia Sportage", 4515, 1865, 1650, 2680), ("Nissan Qashqai", 4425, 1835, 1625, 2665),
        ("Dacia Sandero", 4088, 1848, 1499, 2604), ("Volvo XC60", 4688, 1902, 1658, 2865),
        ("Volvo V60", 4761, 1850, 1432, 2872), ("Tesla Model 3", 4694, 1849, 1443, 2875),
        ("Tesla Model Y", 4751, 1921, 1624, 2890), ("Mini Cooper", 3821, 1727, 1414, 2495),
        ("Porsche 911", 4519, 1852, 1298, 2450), ("VW Beetle", 4278, 1808, 1486, 2537),
        ("VW T-Roc", 4234, 1819, 1573, 2590), ("Mercedes E", 4923, 1852, 1468, 2939),
        ("VW Touran", 4527, 1829, 1659, 2786), ("Ford Mondeo", 4871, 1852, 1482, 2850),
        ("Suzuki Swift", 3840, 1735, 1495, 2450),
    ]
}
